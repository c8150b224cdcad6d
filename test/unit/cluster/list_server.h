// An API server for caches, whose lists change only when a test changes them.

#ifndef K8SM_TEST_UNIT_CLUSTER_LIST_SERVER_H_
#define K8SM_TEST_UNIT_CLUSTER_LIST_SERVER_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/support/catch.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {

// Answers lists of each resource with what the test has set, and leaves watches open without events. Serves
// any number of connections at a time.
class ListServer {
 public:
  explicit ListServer(asio::io_context& io)
      : acceptor_(io, asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
        tasks_(io.get_executor(), [](std::string_view, std::string_view what) { FAIL(std::string(what)); }) {
    tasks_.Spawn("accept", Accept());
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  void Cancel() { tasks_.Cancel(); }
  bool ended() const { return tasks_.empty(); }

  std::set<std::string> refused;  // resources whose lists are refused
  std::string refusal = "403 Forbidden";
  std::set<std::string> refused_watches;  // resources whose watches are refused
  std::set<std::string> silent;           // resources whose lists are not answered
  // Resources whose next watch is answered with 410, and the version of their lists from then on.
  std::map<std::string, int> expired;
  std::map<std::string, int> versions;       // of lists, by resource; 10 for others
  std::map<std::string, std::string> items;  // of lists, by resource
  std::map<std::string, std::string> pages;  // other answers, by path: "/version"
  int refusals = 0;
  int watches = 0;
  int streams = 0;  // streaming lists that were asked for
  int probes = 0;   // lists of one object

 private:
  Awaitable<void> Accept() {
    for (;;) {
      asio::ip::tcp::socket socket(acceptor_.get_executor());
      const auto [error] = co_await acceptor_.async_accept(socket, kToken);
      if (error) co_return;
      tasks_.Spawn("connection", Serve(std::move(socket)));
    }
  }

  Awaitable<void> Serve(asio::ip::tcp::socket socket) {
    std::string received;
    for (;;) {
      const auto [read_error, size] =
          co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", kToken);
      if (read_error) break;
      const std::string answer = Answer(received);
      received.erase(0, size);
      const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(answer), kToken);
      if (write_error) break;
    }
  }

  // "pods" of "GET /api/v1/pods?limit=500 HTTP/1.1".
  static std::string ResourceOf(const std::string& request) {
    const std::size_t end = std::min(request.find('?'), request.find(" HTTP/"));
    const std::size_t begin = request.rfind('/', end) + 1;
    return request.substr(begin, end - begin);
  }

  std::string Answer(const std::string& request) {
    static const std::map<std::string, std::string> kKinds = {{"services", "Service"},
                                                              {"pods", "Pod"},
                                                              {"endpoints", "Endpoints"},
                                                              {"endpointslices", "EndpointSlice"},
                                                              {"nodes", "Node"}};
    const std::size_t path = request.find(' ') + 1;
    const auto page = pages.find(request.substr(path, request.find(' ', path) - path));
    if (page != pages.end()) return client::JsonAnswer(page->second);
    const std::string resource = ResourceOf(request);
    if (!kKinds.contains(resource)) return client::AnswerWith("404 Not Found", "", "{}");
    if (request.find("sendInitialEvents") != std::string::npos) {
      ++streams;
      return client::AnswerWith("422 Unprocessable Entity", "", "{}");
    }
    if (request.find("watch=true") != std::string::npos) {
      ++watches;
      if (refused_watches.contains(resource)) {
        ++refusals;
        return client::AnswerWith(refusal, "", "{}");
      }
      if (const auto next = expired.extract(resource)) {
        versions[resource] = next.mapped();
        return client::AnswerWith("410 Gone", "", "{}");
      }
      return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    }
    if (refused.contains(resource)) {
      ++refusals;
      return client::AnswerWith(refusal, "", "{}");
    }
    if (silent.contains(resource)) return "";
    if (request.find("limit=1 ") != std::string::npos) ++probes;
    const int version = versions.contains(resource) ? versions[resource] : 10;
    return client::JsonAnswer(R"({"kind":")" + kKinds.at(resource) +
                              R"(List","metadata":{"resourceVersion":")" + std::to_string(version) +
                              R"("},"items":[)" + items[resource] + "]}");
  }

  asio::ip::tcp::acceptor acceptor_;
  TaskGroup tasks_;
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_CLUSTER_LIST_SERVER_H_
