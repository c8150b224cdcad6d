// What clients may take of a server.

#ifndef K8SM_LIB_HTTP_SERVER_LIMITS_H_
#define K8SM_LIB_HTTP_SERVER_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace k8sm::http_server {

struct Limits {
  // Connections at a time, at least one. A new one beyond them takes the place of the one that was served
  // longest ago, so that clients that hang cannot keep a probe out.
  std::size_t connections = 128;
  // A connection keeps its place for so long at least, so that a flood of them does not cut a probe off
  // before it could ask. So many connections in such a time have to empty the system's queue, of some 4,000,
  // before probes lose patience, which is after some seconds.
  std::chrono::milliseconds grace{50};
  // So many bytes of answers may wait to be read. Where there are more, the clients that were served longest
  // ago lose theirs before another page is made, so that those that ask and do not read take no more memory
  // than that and the one page.
  std::size_t max_unsent = 32 << 20;

  // Requests with more are refused, with 431 and 413.
  std::uint32_t max_header_bytes = 16 << 10;
  std::uint64_t max_body_bytes = 64 << 10;

  // From a request's first byte to its last; for the TLS handshake too.
  std::chrono::milliseconds request_time{std::chrono::seconds(10)};
  // For the client to take 256 KiB of an answer.
  std::chrono::milliseconds write_time{std::chrono::seconds(10)};
  // Until a request's first byte.
  std::chrono::milliseconds idle_time{std::chrono::seconds(60)};
  // How long a server that is cancelled lets requests that are under way be answered; 0: it cuts them.
  std::chrono::milliseconds drain_time{0};
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_LIMITS_H_
