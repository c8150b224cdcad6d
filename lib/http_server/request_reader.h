// Makes requests of the bytes that a client sends.

#ifndef K8SM_LIB_HTTP_SERVER_REQUEST_READER_H_
#define K8SM_LIB_HTTP_SERVER_REQUEST_READER_H_

#include "lib/http_server/message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::http_server {

// Reads one request of HTTP/1.1 or 1.0. Pure: its user passes the bytes in.
class RequestReader {
 public:
  enum class State {
    kMore,     // bytes are missing
    kDone,     // Take() gives the request
    kRefused,  // what has come is no request, or too large: status() and why() say
  };

  RequestReader(std::uint32_t max_header_bytes, std::uint64_t max_body_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes from the front of `bytes` what belongs to the request. REQUIRES: it has returned nothing but kMore.
  State Feed(std::string& bytes);

  // Whether the client waits for "100 Continue" before it sends the body.
  bool ExpectsContinue() const;

  // REQUIRES: Feed() has returned kDone. Called once.
  Request Take();

  // The status to refuse with, 400, 413 or 431, and the reason in words. REQUIRES: Feed() has returned
  // kRefused.
  unsigned status() const { return status_; }
  const std::string& why() const { return why_; }

 private:
  struct Parser;

  State Refuse(unsigned status, std::string why);
  State Check();

  std::unique_ptr<Parser> parser_;
  unsigned status_ = 0;
  std::string why_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_REQUEST_READER_H_
