// How the bytes of one answer go out: as they are, unless a fault says otherwise.

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
    kStall,          // nothing more comes, and the connection stays open until the client leaves it
    kGarbage,        // bytes that are no HTTP, then the end
    kEndlessHeader,  // header lines for as long as the client takes them
  };

  // Before the first byte.
  std::chrono::milliseconds delay{0};
  // Bytes of the answer, its head included, until its end comes; nothing: all of them, and no such end.
  std::optional<std::size_t> good_bytes;
  End end = End::kCut;
  // At a time, with a pause after each; 0: all at once.
  std::size_t piece_bytes = 0;
  std::chrono::milliseconds pause{0};

  // How many of `waiting` bytes go out next when `sent` have gone. 0: the end comes. REQUIRES: waiting > 0.
  std::size_t NextPiece(std::size_t sent, std::size_t waiting) const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_DELIVERY_H_
