#include "lib/client/connection/http_connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace k8sm::client {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

constexpr std::size_t kMaxHead = 64 << 10;
constexpr std::size_t kPiece = 16 << 10;

Error Malformed(const error_code& error) {
  return {.code = Errc::kMalformed, .message = "the response is not HTTP: " + error.message()};
}

Error Closed(const char* when) {
  return {.code = Errc::kUnavailable, .message = std::string("the connection was closed ") + when};
}

// Marks an error after which the request has been sent.
Error Lost(Error error) {
  error.sent = true;
  return error;
}

// kMalformed for encodings other than gzip and identity.
Result<bool> IsGzip(const ResponseHead& head) {
  const std::string& encoding = head.content_encoding;
  if (encoding.empty() || boost::beast::iequals(encoding, "identity")) return false;
  if (boost::beast::iequals(encoding, "gzip")) return true;
  return Error{.code = Errc::kMalformed, .message = "a response in an encoding that was not requested"};
}

ResponseHead HeadOf(const http::response_header<>& header) {
  ResponseHead head;
  head.status = static_cast<int>(header.result_int());
  head.content_type = std::string(header[http::field::content_type]);
  head.content_encoding = std::string(header[http::field::content_encoding]);
  head.location = std::string(header[http::field::location]);
  head.retry_after = ParseRetryAfter(header[http::field::retry_after]);
  const auto [begin, end] = header.equal_range(http::field::warning);
  for (auto field = begin; field != end; ++field) {
    for (std::string& text : ParseWarnings(field->value())) head.warnings.push_back(std::move(text));
  }
  return head;
}

}  // namespace

// Received bytes and the parser's progress through them.
class HttpConnection::Incoming {
 public:
  Incoming() { Restart(); }

  // Prepares for the next response.
  void Restart() {
    line_seen_ = false;
    parser_.emplace();
    parser_->header_limit(kMaxHead);
    parser_->body_limit(boost::none);
  }

  // Continues to parse the head. Returns whether it is complete.
  Result<bool> ParseHead() {
    if (!line_seen_ && !SeeStatusLine()) return false;
    error_code error;
    if (buffer_.size() > 0) buffer_.consume(parser_->put(buffer_.data(), error));
    if (error && error != http::error::need_more) return Malformed(error);
    return parser_->is_header_done();
  }

  // Continues to parse the body and returns the bytes found; empty if more input is needed or at the end.
  Result<std::string_view> ParseBody() {
    parser_->eager(true);
    auto& body = parser_->get().body();
    while (buffer_.size() > 0 && !parser_->is_done()) {
      if (!piece_) piece_ = std::make_unique_for_overwrite<char[]>(kPiece);
      body.data = piece_.get();
      body.size = kPiece;
      body.more = true;
      error_code error;
      const std::size_t consumed = parser_->put(buffer_.data(), error);
      buffer_.consume(consumed);
      if (error && error != http::error::need_more && error != http::error::need_buffer)
        return Malformed(error);
      const std::size_t size = kPiece - body.size;
      if (size > 0) return std::string_view(piece_.get(), size);
      if (consumed == 0) break;
    }
    if (parser_->is_done()) FreeBuffers();
    return std::string_view();
  }

  // The peer has closed the connection. Fails unless this is how the body ends.
  Result<void> End() {
    error_code error;
    parser_->put_eof(error);
    if (error) return Closed("before the body's end");
    return {};
  }

  // Returns buffer space for the next bytes; empty if the peer has sent too much without a complete element.
  std::span<char> Prepare() {
    if (buffer_.size() + kPiece > buffer_.max_size()) return {};
    const auto room = buffer_.prepare(kPiece);
    return {static_cast<char*>(room.data()), room.size()};
  }
  void Commit(std::size_t size) { buffer_.commit(size); }

  const http::response_header<>& header() { return parser_->get(); }
  bool interim() { return parser_->get().result_int() / 100 == 1; }
  bool done() const { return parser_->is_done(); }
  bool reusable() const {
    return done() && parser_->keep_alive() && !parser_->need_eof() && buffer_.size() == 0;
  }

 private:
  std::string_view Bytes() const {
    const auto bytes = buffer_.cdata();
    return {static_cast<const char*>(bytes.data()), bytes.size()};
  }

  // A connection waits longer for its next request than it reads.
  void FreeBuffers() {
    piece_.reset();
    buffer_.shrink_to_fit();
  }

  // Whether the status line has arrived; normalises it to the form that Beast requires.
  bool SeeStatusLine() {
    const std::string_view bytes = Bytes();
    if (bytes.find('\n') == std::string_view::npos && bytes.size() < kMaxHead) return false;
    if (const auto at = MissingSpace(bytes)) {
      const std::string repaired = std::string(bytes).insert(*at, " ");
      buffer_.consume(buffer_.size());
      buffer_.commit(asio::buffer_copy(buffer_.prepare(repaired.size()), asio::buffer(repaired)));
    }
    line_seen_ = true;
    return true;
  }

  bool line_seen_ = false;
  std::optional<http::response_parser<http::buffer_body>> parser_;
  boost::beast::flat_buffer buffer_{kMaxHead + 2 * kPiece + 1};
  std::unique_ptr<char[]> piece_;  // of kPiece bytes; null unless a body is being read
};

HttpConnection::HttpConnection(std::unique_ptr<Transport> transport, std::uint64_t epoch)
    : transport_(std::move(transport)),
      incoming_(std::make_unique<Incoming>()),
      epoch_(epoch),
      heard_(std::chrono::steady_clock::now()) {}

HttpConnection::~HttpConnection() = default;

bool HttpConnection::Reusable() const {
  return incoming_->reusable();
}

Awaitable<Result<std::size_t>> HttpConnection::Receive(TimePoint deadline) {
  const std::span<char> room = incoming_->Prepare();
  if (room.empty())
    co_return Error{.code = Errc::kMalformed, .message = "the response is not HTTP: a line without an end"};
  const auto size = co_await transport_->ReadSome(room, deadline);
  if (!size) co_return size.error();
  incoming_->Commit(*size);
  heard_ = std::chrono::steady_clock::now();
  answered_ = answered_ || *size > 0;
  co_return *size;
}

Awaitable<Result<ResponseHead>> HttpConnection::Send(std::string_view request, TimePoint deadline) {
  answered_ = false;
  const auto written = co_await transport_->Write(request, deadline);
  if (!written) co_return written.error();
  auto head = co_await ReadHead(deadline);
  if (!head) co_return Lost(head.error());
  co_return head;
}

Awaitable<Result<ResponseHead>> HttpConnection::ReadHead(TimePoint deadline) {
  incoming_->Restart();
  for (;;) {
    const auto complete = incoming_->ParseHead();
    if (!complete) co_return complete.error();
    if (*complete && !incoming_->interim()) {
      ResponseHead answer = HeadOf(incoming_->header());
      const auto gzip = IsGzip(answer);
      if (!gzip) co_return gzip.error();
      gunzip_ = *gzip ? std::make_unique<Gunzip>() : nullptr;
      co_return answer;
    }
    if (*complete) {
      incoming_->Restart();
      continue;
    }
    const auto size = co_await Receive(deadline);
    if (!size) co_return size.error();
    if (*size == 0) co_return Closed("before the answer");
  }
}

Awaitable<Result<std::string_view>> HttpConnection::ReadSome(TimePoint deadline) {
  if (!gunzip_) co_return co_await ReadEncoded(deadline);
  for (;;) {
    const auto text = gunzip_->Next();
    if (!text) co_return Lost(text.error());
    if (!text->empty()) co_return text;
    const auto bytes = co_await ReadEncoded(deadline);
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) {
      const auto end = gunzip_->End();
      if (!end) co_return Lost(end.error());
      co_return std::string_view();
    }
    gunzip_->Feed(*bytes);
  }
}

Awaitable<Result<std::string_view>> HttpConnection::ReadEncoded(TimePoint deadline) {
  for (;;) {
    const auto bytes = incoming_->ParseBody();
    if (!bytes) co_return Lost(bytes.error());
    if (!bytes->empty() || incoming_->done()) co_return bytes;
    const auto size = co_await Receive(deadline);
    if (!size) co_return Lost(size.error());
    if (*size > 0) continue;
    if (const auto end = incoming_->End(); !end) co_return Lost(end.error());
  }
}

Awaitable<Result<void>> HttpConnection::ReadAll(std::string& body, std::size_t limit, TimePoint deadline) {
  Result<void> end;
  for (;;) {
    const auto bytes = co_await ReadSome(deadline);
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) co_return end;
    if (bytes->size() > limit - body.size()) {
      co_return Error{.code = Errc::kMalformed,
                      .message = "an answer of more than " + std::to_string(limit) + " bytes",
                      .sent = true};
    }
    body += *bytes;
  }
}

}  // namespace k8sm::client
