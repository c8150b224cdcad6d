// Writes one answer to a connection, the way its Delivery says.

#ifndef K8SM_TEST_APISERVER_ANSWER_WRITER_H_
#define K8SM_TEST_APISERVER_ANSWER_WRITER_H_

#include "lib/async/token.h"
#include "test/apiserver/connection.h"
#include "test/apiserver/delivery.h"

#include <cstddef>
#include <string_view>

namespace k8sm::apiserver {

class AnswerWriter {
 public:
  AnswerWriter(ConnectionPtr connection, Delivery delivery)
      : connection_(std::move(connection)), delivery_(delivery) {}

  // Whether all of it has been written. After false the connection is good for nothing.
  Awaitable<bool> Write(std::string_view bytes);

 private:
  Awaitable<void> End();
  Awaitable<void> SendEndlessHeader();

  const ConnectionPtr connection_;
  const Delivery delivery_;
  std::size_t sent_ = 0;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_ANSWER_WRITER_H_
