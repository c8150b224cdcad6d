#include "test/apiserver/gzip.h"

#include <stdexcept>
#include <zlib.h>

namespace k8sm::apiserver {
namespace {

// The level of kube-apiserver, which prefers less CPU time to a smaller body.
constexpr int kLevel = 1;
// The largest window, with the gzip format.
constexpr int kGzipWindow = 15 + 16;
constexpr int kMemory = 8;

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  while (!accept_encoding.empty()) {
    const std::size_t end = accept_encoding.find(',');
    const std::string_view coding = accept_encoding.substr(0, end);
    accept_encoding = end == accept_encoding.npos ? std::string_view() : accept_encoding.substr(end + 1);
    const std::size_t parameters = coding.find(';');
    if (Trimmed(coding.substr(0, parameters)) != "gzip") continue;
    const std::string_view weight =
        parameters == coding.npos ? std::string_view() : Trimmed(coding.substr(parameters + 1));
    return weight != "q=0" && weight != "q=0.0";
  }
  return false;
}

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::logic_error("deflate has not come to its end");
  return packed;
}

}  // namespace k8sm::apiserver
