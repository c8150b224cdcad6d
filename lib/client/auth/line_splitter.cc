#include "lib/client/auth/line_splitter.h"

#include "lib/base/printable.h"

namespace k8sm::client {

void LineSplitter::Add(std::string_view bytes, const OnLine& on_line) {
  for (const char c : bytes) {
    if (c == '\n') {
      End(on_line);
    } else if (line_.size() < max_line_bytes_ && c != '\r') {
      line_ += c;
    }
  }
}

void LineSplitter::End(const OnLine& on_line) {
  if (line_.empty()) return;
  if (lines_ < max_lines_) {
    on_line(Printable(line_, max_line_bytes_));
  } else if (lines_ == max_lines_) {
    on_line("(the rest is omitted)");
  }
  if (lines_ <= max_lines_) ++lines_;
  line_.clear();
}

}  // namespace k8sm::client
