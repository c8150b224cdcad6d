// Bodies with Content-Encoding: gzip.

#ifndef K8SM_LIB_CLIENT_GUNZIP_H_
#define K8SM_LIB_CLIENT_GUNZIP_H_

#include "lib/base/error.h"

#include <memory>
#include <string_view>

namespace k8sm::client {

// Decompresses a body piece by piece, in constant memory: Feed(), then Next() until it gives nothing, and
// again. When the body has ended, End().
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();

  // `bytes` have to stay until Next() gives nothing. REQUIRES: Next() has given nothing, or nothing was fed
  // yet.
  void Feed(std::string_view bytes);

  // At most 32 KiB of text, which stay until the next call; none where all that was fed is used up.
  // kMalformed where it is no gzip.
  Result<std::string_view> Next();

  // kMalformed where the body was cut; an empty one is fine.
  Result<void> End() const;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_GUNZIP_H_
