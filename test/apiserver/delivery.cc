#include "test/apiserver/delivery.h"

#include <algorithm>

namespace k8sm::apiserver {

std::size_t Delivery::NextPiece(std::size_t sent, std::size_t waiting) const {
  std::size_t piece = piece_bytes > 0 ? std::min(piece_bytes, waiting) : waiting;
  if (good_bytes) piece = std::min(piece, *good_bytes - std::min(*good_bytes, sent));
  return piece;
}

}  // namespace k8sm::apiserver
