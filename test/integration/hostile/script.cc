#include "test/integration/hostile/script.h"

namespace k8sm::test {
namespace {

// More than any limit of the program on what it reads.
constexpr std::size_t kFlood = 80 << 20;

const std::string kJsonHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const std::string kGet =
    "GET /debug/services HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer of-scraper\r\n\r\n";

std::string Times(const std::string& text, std::size_t size) {
  std::string repeated;
  while (repeated.size() < size) repeated += text;
  return repeated;
}

}  // namespace

const std::vector<Script>& ServerScripts() {
  static const std::vector<Script> scripts{
      {.first = ""},
      {.first = "", .stalls = true},
      {.first = std::string("\x16\x03\x01\xff\xff\x00garbage", 13), .stalls = true},
      {.first = "HTTP/1.1 200 OK\r\nX: ", .repeated = Times("a", 8192), .most = kFlood},
      {.first = "HTTP/1.1 200 Connection established\r\n\r\n",
       .repeated = Times("no TLS", 512),
       .most = 4096},
      {.first = "HTTP/1.1 200 Connection established\r\n\r\n", .stalls = true},
      {.first = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 99999999\r\n\r\n",
       .stalls = true},
      {.first = "HTTP/1.1 307 Temporary Redirect\r\nLocation: //127.0.0.1:1\r\nContent-Length: 0\r\n\r\n"},
      {.first = kJsonHead + "\r\n{\"slaves\":[", .repeated = Times("[", 65536), .most = kFlood},
      {.first = kJsonHead + "\r\n{\"slaves\":[{}",
       .repeated = Times(",{\"hostname\":\"a\"}", 65536),
       .most = kFlood},
      {.first = kJsonHead + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", .stalls = true},
      {.first = kJsonHead + "Content-Length: 10\r\n\r\n{\"slaves\"", .stalls = true},
  };
  return scripts;
}

const std::vector<Script>& ClientScripts() {
  static const std::vector<Script> scripts{
      {.first = ""},
      {.first = "", .stalls = true},
      {.first = "GET /metrics HTTP/1.1\r\nX: ", .repeated = Times("a", 4096), .most = 1 << 20},
      {.first = "GET /metrics HTTP/1.1\r\nHost: ", .stalls = true},
      {.first = "", .repeated = Times(kGet, 16384), .most = 1 << 20},
      {.first = kGet, .stalls = true},
      {.first = Times(kGet, 4096)},
      {.first = "PUT /debug/flags/v HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n9", .stalls = true},
      {.first = "PUT /debug/flags/v HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
       .repeated = "1\r\n9\r\n",
       .most = 1 << 18},
      {.first = "GET /debug/skipped HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer lie\r\n\r\n",
       .stalls = true},
      {.first = std::string("\0\xff\r\n\r\n", 6), .repeated = "x", .most = 1000},
  };
  return scripts;
}

}  // namespace k8sm::test
