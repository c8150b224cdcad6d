// HTTP/1.1 over one connection.

#ifndef K8SM_LIB_CLIENT_HTTP_CONNECTION_H_
#define K8SM_LIB_CLIENT_HTTP_CONNECTION_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/gunzip.h"
#include "lib/client/http_message.h"
#include "lib/client/transport.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::client {

// One request at a time: Send(), then ReadSome() until it gives nothing, then, if reusable(), Send() again.
//
// Errors of all calls: kUnavailable where the connection fails or ends too early, kTimeout, kMalformed where
// what arrives is not HTTP, and kCanceled. After one the connection is good for nothing.
class HttpConnection {
 public:
  // `epoch` is whatever its owner wants to remember of it.
  explicit HttpConnection(std::unique_ptr<Transport> transport, std::uint64_t epoch = 0);
  ~HttpConnection();

  // Sends a request as it is and reads the head of its answer, skipping 1xx answers. `request` has to stay
  // until then. A head of more than 64 KiB, or an encoding other than gzip, is kMalformed.
  //
  // An error says `sent` where all of the request had been handed to the system. Where it does not, the
  // server can't have got it whole, and so can't have carried out one that says its length.
  Awaitable<Result<ResponseHead>> Send(std::string_view request, TimePoint deadline);

  // Whether any byte of the answer to the last request has arrived.
  bool answered() const { return answered_; }

  // Waits for the body's next bytes, decompressed; none at its end. They stay until the next call. Errors say
  // `sent`.
  Awaitable<Result<std::string_view>> ReadSome(TimePoint deadline);

  // Appends the rest of the body to `body`, which has to stay; kMalformed where it gets longer than `limit`.
  Awaitable<Result<void>> ReadAll(std::string& body, std::size_t limit, TimePoint deadline);

  // Whether another request may be sent: the last answer is read to its end, and the server has not closed.
  bool Reusable() const;

  // When the last bytes of an answer arrived, or the connection was opened.
  TimePoint heard() const { return heard_; }
  std::uint64_t epoch() const { return epoch_; }

 private:
  class Incoming;  // Beast's parser and what it works on

  Awaitable<Result<ResponseHead>> ReadHead(TimePoint deadline);
  Awaitable<Result<std::size_t>> Receive(TimePoint deadline);
  Awaitable<Result<std::string_view>> ReadEncoded(TimePoint deadline);

  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Incoming> incoming_;
  std::unique_ptr<Gunzip> gunzip_;  // null unless the body is compressed
  const std::uint64_t epoch_;
  TimePoint heard_;
  bool answered_ = false;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_HTTP_CONNECTION_H_
