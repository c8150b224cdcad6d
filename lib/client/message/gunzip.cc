#include "lib/client/message/gunzip.h"

#include <array>
#include <zlib.h>

namespace k8sm::client {
namespace {

// Maximum window size, and a gzip instead of a zlib header.
constexpr int kGzip = MAX_WBITS + 16;

Error Malformed(const char* what) {
  return {.code = Errc::kMalformed, .message = std::string("a compressed answer that ") + what};
}

}  // namespace

struct Gunzip::State {
  z_stream stream{};
  bool begun = false;  // whether a gzip member has begun; a body may consist of several
  std::array<Bytef, 32 << 10> text;
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {
  inflateInit2(&state_->stream, kGzip);
}

Gunzip::~Gunzip() {
  inflateEnd(&state_->stream);
}

void Gunzip::Feed(std::string_view bytes) {
  // zlib does not write through this pointer.
  state_->stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  state_->stream.avail_in = static_cast<uInt>(bytes.size());
}

Result<std::string_view> Gunzip::Next() {
  z_stream& stream = state_->stream;
  stream.next_out = state_->text.data();
  stream.avail_out = static_cast<uInt>(state_->text.size());
  // zlib may have output left without further input, so a full buffer does not end the loop.
  while (stream.avail_out > 0) {
    if (stream.avail_in == 0 && !state_->begun) break;
    state_->begun = true;
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      state_->begun = false;
      inflateReset(&stream);
      continue;
    }
    if (result == Z_BUF_ERROR) break;
    if (result != Z_OK) return Malformed("is not valid gzip");
  }
  return std::string_view(reinterpret_cast<const char*>(state_->text.data()),
                          state_->text.size() - stream.avail_out);
}

Result<void> Gunzip::End() const {
  if (state_->begun) return Malformed("ends too early");
  return {};
}

}  // namespace k8sm::client
