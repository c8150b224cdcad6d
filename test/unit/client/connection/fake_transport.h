// A byte stream without a network.

#ifndef K8SM_TEST_UNIT_CLIENT_CONNECTION_FAKE_TRANSPORT_H_
#define K8SM_TEST_UNIT_CLIENT_CONNECTION_FAKE_TRANSPORT_H_

#include "lib/client/connection/transport.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <utility>

namespace k8sm::client {

// Reads give the pieces one by one, then the end of the stream. Takes `writes` writes; further ones fail.
class FakeTransport : public Transport {
 public:
  explicit FakeTransport(std::deque<std::string> pieces, int writes = 1'000)
      : pieces_(std::move(pieces)), writes_(writes) {}

  Awaitable<Result<std::size_t>> ReadSome(std::span<char> into, TimePoint) override {
    if (pieces_.empty()) co_return std::size_t{0};
    std::string& piece = pieces_.front();
    const std::size_t size = std::min(piece.size(), into.size());
    std::memcpy(into.data(), piece.data(), size);
    piece.erase(0, size);
    if (piece.empty()) pieces_.pop_front();
    co_return size;
  }
  Awaitable<Result<void>> Write(std::string_view, TimePoint) override {
    if (writes_-- > 0) co_return Result<void>();
    co_return Error{.code = Errc::kUnavailable, .message = "broken pipe"};
  }
  const std::string& peer() const override { return peer_; }
  void Cancel() override {}
  bool Quiet() override { return true; }

 private:
  std::deque<std::string> pieces_;
  int writes_;
  const std::string peer_ = "nowhere";
};

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_CONNECTION_FAKE_TRANSPORT_H_
