// A Stream without a network.

#ifndef K8SM_TEST_UNIT_HTTP_SERVER_FAKE_STREAM_H_
#define K8SM_TEST_UNIT_HTTP_SERVER_FAKE_STREAM_H_

#include "lib/http_server/stream.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::http_server {

// What a client sends, and what is done with its connection. Has to outlive the stream, which a connection
// owns.
struct FakeClient {
  std::deque<std::string> sends;  // each is one read; then the client has closed its side
  std::function<void()> before_each_read = [] {};
  bool shakes_hands = true;
  bool takes_what_is_sent = true;
  bool outdated = false;
  std::string got;
  std::size_t read_bytes = 0;
  // "expires in 10000 ms", "handshake", "read", "write 5", "finish", "close", in their order.
  std::vector<std::string> calls;
};

class FakeStream final : public Stream {
 public:
  FakeStream(asio::any_io_executor executor, FakeClient& client) : socket_(executor), client_(client) {}

  void ExpireAfter(std::chrono::milliseconds time) override {
    client_.calls.push_back("expires in " + std::to_string(time.count()) + " ms");
  }
  Awaitable<bool> Handshake() override {
    client_.calls.emplace_back("handshake");
    co_return client_.shakes_hands;
  }
  Awaitable<std::size_t> ReadSome(asio::mutable_buffer into) override {
    client_.calls.emplace_back("read");
    client_.before_each_read();
    if (client_.sends.empty()) co_return 0;
    std::string& next = client_.sends.front();
    const std::size_t size = std::min(next.size(), into.size());
    std::memcpy(into.data(), next.data(), size);
    next.erase(0, size);
    if (next.empty()) client_.sends.pop_front();
    client_.read_bytes += size;
    co_return size;
  }
  Awaitable<bool> Write(std::string_view bytes) override {
    client_.calls.push_back("write " + std::to_string(bytes.size()));
    client_.got += bytes;
    co_return client_.takes_what_is_sent;
  }
  Awaitable<bool> FinishSending() override {
    client_.calls.emplace_back("finish");
    co_return true;
  }
  void Close() override { client_.calls.emplace_back("close"); }
  asio::ip::tcp::socket& socket() override { return socket_; }
  std::optional<ClientCertificate> client_certificate() override { return std::nullopt; }
  bool outdated() override { return client_.outdated; }

 private:
  asio::ip::tcp::socket socket_;
  FakeClient& client_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_TEST_UNIT_HTTP_SERVER_FAKE_STREAM_H_
