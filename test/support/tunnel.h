// The half of an HTTP proxy that comes after the request CONNECT.

#ifndef K8SM_TEST_SUPPORT_TUNNEL_H_
#define K8SM_TEST_SUPPORT_TUNNEL_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace k8sm::test {

using SharedSocket = std::shared_ptr<asio::ip::tcp::socket>;

constexpr const char* kConnected = "HTTP/1.1 200 Connection established\r\n\r\n";

// Connects to the port of 127.0.0.1 that `request` ("CONNECT 127.0.0.1:443 HTTP/1.1…") asks for, sends
// `answer` to the client, and passes bytes on both ways until one side ends. Half of that is a task of
// `tasks`.
Awaitable<void> Tunnel(SharedSocket client, std::string request, std::string answer, TaskGroup& tasks);

}  // namespace k8sm::test

#endif  // K8SM_TEST_SUPPORT_TUNNEL_H_
