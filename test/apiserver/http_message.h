// Requests and responses as plain values, so that everything but the session can be tested without sockets.

#ifndef K8SM_TEST_APISERVER_HTTP_MESSAGE_H_
#define K8SM_TEST_APISERVER_HTTP_MESSAGE_H_

#include <memory>
#include <string>
#include <vector>

namespace k8sm::apiserver {

class WatchStream;

struct Request {
  std::string method = "GET";
  // Path and query as they came, percent-encoded.
  std::string target;
  // Headers; empty where absent.
  std::string accept;
  std::string content_type;
  std::string authorization;
  std::string user_agent;
  std::string body;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  // The texts of Warning headers with code 299, without their quotes.
  std::vector<std::string> warnings;
  bool no_sniff = false;
  std::string body;
  // Where set, `body` is empty and the events of this stream follow, in chunks, until it ends.
  std::shared_ptr<WatchStream> watch;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_MESSAGE_H_
