#include "lib/http_server/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace k8sm::http_server {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

unsigned StatusFor(const error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  return 400;
}

}  // namespace

struct RequestReader::Parser : http::request_parser<http::string_body> {};

RequestReader::RequestReader(std::uint32_t max_header_bytes, std::uint64_t max_body_bytes)
    : parser_(std::make_unique<Parser>()) {
  parser_->header_limit(max_header_bytes);
  parser_->body_limit(max_body_bytes);
  parser_->eager(true);
}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::Feed(std::string& bytes) {
  if (bytes.empty()) return State::kMore;
  error_code error;
  const std::size_t used = parser_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  bytes.erase(0, used);
  if (error && error != http::error::need_more) return Refuse(StatusFor(error), error.message());
  return parser_->is_done() ? Check() : State::kMore;
}

// RFC 9112, section 3.2: an HTTP/1.1 request must have exactly one Host header.
RequestReader::State RequestReader::Check() {
  const auto& request = parser_->get();
  const std::size_t hosts = request.count(http::field::host);
  if (hosts > 1) return Refuse(400, "too many Host headers");
  if (hosts == 0 && request.version() >= 11) return Refuse(400, "missing Host header");
  return State::kDone;
}

RequestReader::State RequestReader::Refuse(unsigned status, std::string why) {
  status_ = status;
  why_ = std::move(why);
  return State::kRefused;
}

bool RequestReader::ExpectsContinue() const {
  const auto& request = parser_->get();
  return parser_->is_header_done() && !parser_->is_done() && request.version() >= 11 &&
         boost::beast::iequals(request[http::field::expect], "100-continue");
}

Request RequestReader::Take() {
  auto& parsed = parser_->get();
  Request request{.method = std::string(parsed.method_string()),
                  .target = std::string(parsed.target()),
                  .version = parsed.version(),
                  .keep_alive = parsed.keep_alive(),
                  .headers = {},
                  .body = std::move(parsed.body())};
  for (const auto& field : parsed) {
    request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  return request;
}

}  // namespace k8sm::http_server
