// Writes the bytes of one response as its Delivery prescribes.

#ifndef K8SM_TEST_APISERVER_ANSWER_WRITER_H_
#define K8SM_TEST_APISERVER_ANSWER_WRITER_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "test/apiserver/delivery.h"

#include <cstddef>
#include <string_view>

namespace k8sm::apiserver {

class AnswerWriter {
 public:
  // `exchange` must outlive it.
  AnswerWriter(http_server::Exchange& exchange, Delivery delivery)
      : exchange_(exchange), connection_(exchange.connection()), delivery_(delivery) {}

  // Returns whether all bytes were written. After false the connection must not be used any more.
  Awaitable<bool> Write(std::string_view bytes);

 private:
  Awaitable<void> End();
  Awaitable<void> WaitForLeaving();
  Awaitable<void> SendEndlessHeader();

  http_server::Exchange& exchange_;
  http_server::Connection& connection_;
  const Delivery delivery_;
  std::size_t sent_ = 0;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_ANSWER_WRITER_H_
