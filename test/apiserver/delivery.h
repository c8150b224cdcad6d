// How the bytes of one response are sent: unchanged unless a fault applies.

#ifndef K8SM_TEST_APISERVER_DELIVERY_H_
#define K8SM_TEST_APISERVER_DELIVERY_H_

#include <chrono>
#include <cstddef>
#include <optional>

namespace k8sm::apiserver {

struct Delivery {
  enum class End {
    kCut,            // the connection is closed
    kReset,          // the same with a TCP RST
    kStall,          // sends nothing more and keeps the connection open until the client closes it
    kGarbage,        // sends bytes that are not HTTP, then closes
    kEndlessHeader,  // sends header lines until the client closes the connection
  };

  // Delay before the first byte.
  std::chrono::milliseconds delay{0};
  // The number of bytes to send, including the head, before `end` applies; nullopt: all, and `end` does not
  // apply.
  std::optional<std::size_t> good_bytes;
  End end = End::kCut;
  // Bytes sent at a time, with `pause` after each piece; 0: all at once.
  std::size_t piece_bytes = 0;
  std::chrono::milliseconds pause{0};

  // Returns how many of the `waiting` bytes to send next after `sent` bytes; 0: `end` applies. REQUIRES:
  // waiting > 0.
  std::size_t NextPiece(std::size_t sent, std::size_t waiting) const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_DELIVERY_H_
