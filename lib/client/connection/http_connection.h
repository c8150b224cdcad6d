// An HTTP/1.1 client connection.

#ifndef K8SM_LIB_CLIENT_CONNECTION_HTTP_CONNECTION_H_
#define K8SM_LIB_CLIENT_CONNECTION_HTTP_CONNECTION_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/connection/transport.h"
#include "lib/client/message/gunzip.h"
#include "lib/client/message/http_message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::client {

// Handles one request at a time: Send(), then ReadSome() until it returns an empty view, then, if Reusable(),
// Send() again.
//
// Errors of all calls: kUnavailable if the connection fails or ends early, kTimeout, kMalformed if the
// response is not valid HTTP, kCanceled. After an error the connection must not be used any more.
class HttpConnection {
 public:
  // `epoch` is an arbitrary value for the owner's use.
  explicit HttpConnection(std::unique_ptr<Transport> transport, std::uint64_t epoch = 0);
  ~HttpConnection();

  // Sends a complete request and reads the head of the response, skipping 1xx responses. `request` must stay
  // valid during the call. A head of more than 64 KiB, or an encoding other than gzip, is kMalformed.
  //
  // An error has `sent` set if the complete request was handed to the kernel. Otherwise the server cannot
  // have received all of it, and so cannot have carried out a request with a Content-Length.
  Awaitable<Result<ResponseHead>> Send(std::string_view request, TimePoint deadline);

  // Whether any byte of the response to the last request has arrived.
  bool answered() const { return answered_; }

  // Returns the next bytes of the body, decompressed; empty at its end. Valid until the next call. Errors
  // have `sent` set.
  Awaitable<Result<std::string_view>> ReadSome(TimePoint deadline);

  // Appends the rest of the body to `body`, which must outlive the call. Fails with kMalformed if it exceeds
  // `limit` bytes.
  Awaitable<Result<void>> ReadAll(std::string& body, std::size_t limit, TimePoint deadline);

  // See Transport.
  const std::string& peer() const { return transport_->peer(); }

  // Makes the call in progress, if any, fail with kCanceled soon.
  void Cancel() { transport_->Cancel(); }

  // Whether another request can be sent if the connection is Quiet(): the last response was read completely,
  // and the server has not announced to close the connection.
  bool Reusable() const;
  // Whether the server has neither closed the connection nor sent something unasked.
  bool Quiet() const { return transport_->Quiet(); }

  // When the last bytes of a response arrived, or when the connection was opened.
  TimePoint heard() const { return heard_; }
  // The value passed to the constructor.
  std::uint64_t epoch() const { return epoch_; }

 private:
  class Incoming;  // Beast's parser and its buffers

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

#endif  // K8SM_LIB_CLIENT_CONNECTION_HTTP_CONNECTION_H_
