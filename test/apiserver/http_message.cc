#include "test/apiserver/http_message.h"

#include "test/apiserver/status.h"

namespace k8sm::apiserver {

Response ToResponse(const Status& status) {
  Response response;
  response.status = status.code;
  if (status.details.retry_after_seconds > 0) response.retry_after = status.details.retry_after_seconds;
  response.body = ToJson(status) + "\n";
  return response;
}

}  // namespace k8sm::apiserver
