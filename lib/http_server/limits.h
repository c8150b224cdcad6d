// Limits on the resources that clients can use.

#ifndef K8SM_LIB_HTTP_SERVER_LIMITS_H_
#define K8SM_LIB_HTTP_SERVER_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace k8sm::http_server {

struct Limits {
  // Maximum number of connections, at least one. A further connection replaces one of the IP address that has
  // the most, namely the one that was served longest ago, so that neither stuck clients nor one that opens
  // many connections lock out health probes or disconnect others.
  std::size_t connections = 128;
  // Minimum time before a connection can be replaced, so that a flood of connections does not cut off a probe
  // before it has sent its request. At this rate, the kernel's backlog of some 4,000 connections is served
  // before probes time out.
  std::chrono::milliseconds grace{50};
  // Maximum number of responses that are being sent in pieces, at least one. Before another one begins, the
  // client that was served longest ago of those is disconnected, so slow readers cost no more memory than so
  // many pieces and what their sources keep.
  std::size_t unfinished = 8;

  // Larger requests are rejected, with 431 and 413.
  std::uint32_t max_header_bytes = 16 << 10;
  std::uint64_t max_body_bytes = 64 << 10;

  // Time from the first to the last byte of a request; also limits the TLS handshake.
  std::chrono::milliseconds request_time{std::chrono::seconds(10)};
  // Time for the client to accept each 256 KiB of a response.
  std::chrono::milliseconds write_time{std::chrono::seconds(10)};
  // Time until the first byte of a request.
  std::chrono::milliseconds idle_time{std::chrono::seconds(60)};
  // How long a cancelled server lets requests in progress finish; 0 aborts them.
  std::chrono::milliseconds drain_time{0};
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_LIMITS_H_
