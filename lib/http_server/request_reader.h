// Parses HTTP requests.

#ifndef K8SM_LIB_HTTP_SERVER_REQUEST_READER_H_
#define K8SM_LIB_HTTP_SERVER_REQUEST_READER_H_

#include "lib/http_server/message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::http_server {

// Parses one HTTP/1.1 or 1.0 request. No I/O: the caller passes the bytes.
class RequestReader {
 public:
  // Progress of a request.
  enum class State {
    kMore,     // more bytes are needed
    kDone,     // call Take()
    kRefused,  // the request is invalid or too large: see status() and why()
  };

  // Requests whose head or body exceeds its limit are refused.
  RequestReader(std::uint32_t max_header_bytes, std::uint64_t max_body_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Consumes the bytes at the front of `bytes` that belong to the request. REQUIRES: all previous calls
  // returned kMore.
  State Feed(std::string& bytes);

  // Whether the client waits for "100 Continue" before it sends the body.
  bool ExpectsContinue() const;

  // Returns the request. REQUIRES: Feed() has returned kDone. Call it once.
  Request Take();

  // The status of the error response (400, 413 or 431) and the reason as text. REQUIRES: Feed() has returned
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
