#include "test/apiserver/answer_writer.h"

#include "lib/async/notifier.h"

#include <string>

namespace k8sm::apiserver {
namespace {

using namespace std::string_view_literals;

// Neither HTTP nor JSON nor UTF-8.
constexpr std::string_view kGarbage = "\x00\xff\xfe{\"]HTTP/9.9 \x80\r\n\n:::\x01\r\n\r\n}{"sv;

}  // namespace

Awaitable<bool> AnswerWriter::Write(std::string_view bytes) {
  if (sent_ == 0 && delivery_.delay.count() > 0) co_await SleepFor(delivery_.delay);
  while (!bytes.empty()) {
    const std::size_t piece = delivery_.NextPiece(sent_, bytes.size());
    if (piece == 0) {
      co_await End();
      co_return false;
    }
    const bool written = co_await connection_.Write(bytes.substr(0, piece));
    if (!written) co_return false;
    sent_ += piece;
    bytes.remove_prefix(piece);
    if (delivery_.pause.count() > 0) co_await SleepFor(delivery_.pause);
  }
  co_return true;
}

Awaitable<void> AnswerWriter::End() {
  switch (delivery_.end) {
    case Delivery::End::kCut:
      connection_.Close();
      break;
    case Delivery::End::kReset: {
      boost::system::error_code ignored;
      connection_.stream().socket().set_option(asio::socket_base::linger(true, 0), ignored);
      connection_.Close();
      break;
    }
    case Delivery::End::kStall:
      co_await WaitForLeaving();
      break;
    case Delivery::End::kGarbage:
      co_await connection_.Write(kGarbage);
      connection_.Close();
      break;
    case Delivery::End::kEndlessHeader:
      co_await SendEndlessHeader();
      break;
  }
}

// Ignores data that the client sends meanwhile.
Awaitable<void> AnswerWriter::WaitForLeaving() {
  while (!connection_.client_left() && !connection_.closed()) {
    exchange_.WatchForLeaving();
    co_await connection_.wake().Wait();
  }
}

Awaitable<void> AnswerWriter::SendEndlessHeader() {
  std::string lines = "HTTP/1.1 200 OK\r\n";
  const std::string line = "X-Filler: " + std::string(1000, 'x') + "\r\n";
  for (bool written = true; written;) {
    written = co_await connection_.Write(lines);
    lines = line;
  }
}

}  // namespace k8sm::apiserver
