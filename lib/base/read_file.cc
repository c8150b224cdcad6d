#include "lib/base/read_file.h"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace k8sm {
namespace {

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdin) std::fclose(file);
  }
};

Error Because(std::string reason) {
  return {.code = Errc::kInvalidConfig, .message = std::move(reason)};
}

Error SystemError() {
  return Because(std::generic_category().message(errno));
}

}  // namespace

// Not with the iterators of a stream, which throw where a file can be opened and not read.
Result<std::string> ReadToEnd(std::FILE* file, std::size_t max_bytes) {
  const std::unique_ptr<std::FILE, Close> closed(file);
  if (file == nullptr) return SystemError();
  std::string text;
  std::array<char, 16 << 10> buffer;
  while (const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), file)) {
    if (size > max_bytes - text.size())
      return Because("is larger than " + std::to_string(max_bytes >> 20) + " MiB");
    text.append(buffer.data(), size);
  }
  if (std::ferror(file) != 0) return SystemError();
  return text;
}

}  // namespace k8sm
