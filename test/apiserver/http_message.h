// Requests and responses as plain values, so that all handlers can be tested without sockets.

#ifndef K8SM_TEST_APISERVER_HTTP_MESSAGE_H_
#define K8SM_TEST_APISERVER_HTTP_MESSAGE_H_

#include "test/apiserver/delivery.h"
#include "test/apiserver/event_fault.h"
#include "test/apiserver/user.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::apiserver {

class WatchStream;
struct Status;

struct Request {
  std::string method = "GET";
  // Path and query, still percent-encoded.
  std::string target;
  // Headers; empty if absent.
  std::string accept;
  std::string accept_encoding;
  std::string content_type;
  std::string authorization;
  std::string user_agent;
  std::string body;
  // The user named by the client certificate of the connection.
  std::optional<User> certificate_user;
};

struct Response {
  int status = 200;
  // Empty: there is no such header.
  std::string content_type = "application/json";
  // The texts of Warning headers with code 299, without quotes.
  std::vector<std::string> warnings;
  bool no_sniff = false;
  // Seconds, sent as Retry-After.
  std::optional<int> retry_after;
  std::string body;
  // Whether the body is compressed.
  bool gzip = false;
  // If set, `body` is empty and the events of this stream follow as chunks until it ends.
  std::shared_ptr<WatchStream> watch;
  // Whether the events are sent in protobuf.
  bool protobuf = false;
  // The fault to apply to the events.
  std::optional<EventFault> event_fault;
  Delivery delivery;
};

// Converts a Status to a response.
Response ToResponse(const Status& status);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_MESSAGE_H_
