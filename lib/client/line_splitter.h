// Lines that are fit for a log, out of bytes that may be anything.

#ifndef K8SM_LIB_CLIENT_LINE_SPLITTER_H_
#define K8SM_LIB_CLIENT_LINE_SPLITTER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace k8sm::client {

// Empty lines are left out, longer ones cut, made printable; when `max_lines` have been given, a
// last one says that there are more.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  LineSplitter(std::size_t max_lines, std::size_t max_line_bytes)
      : max_lines_(max_lines), max_line_bytes_(max_line_bytes) {}

  void Add(std::string_view bytes, const OnLine& on_line);
  // Gives the last line, if it had no end.
  void End(const OnLine& on_line);

 private:
  const std::size_t max_lines_;
  const std::size_t max_line_bytes_;
  std::size_t lines_ = 0;
  std::string line_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_LINE_SPLITTER_H_
