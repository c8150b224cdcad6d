// Splits a byte stream into lines for the log.

#ifndef K8SM_LIB_CLIENT_AUTH_LINE_SPLITTER_H_
#define K8SM_LIB_CLIENT_AUTH_LINE_SPLITTER_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace k8sm::client {

// Skips empty lines, truncates long ones and makes them printable. After `max_lines` lines, emits one last
// line saying that there are more.
class LineSplitter {
 public:
  using OnLine = std::function<void(std::string_view line)>;

  LineSplitter(std::size_t max_lines, std::size_t max_line_bytes)
      : max_lines_(max_lines), max_line_bytes_(max_line_bytes) {}

  // Takes the next bytes and calls `on_line` for each line that they complete.
  void Add(std::string_view bytes, const OnLine& on_line);
  // Emits the last line if it was not terminated.
  void End(const OnLine& on_line);

 private:
  const std::size_t max_lines_;
  const std::size_t max_line_bytes_;
  std::size_t lines_ = 0;
  std::string line_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_LINE_SPLITTER_H_
