// Fuzzes response headers, one per line: Retry-After, Warning, Content-Type, Location; the rest is the body.

#include "lib/client/message/http_message.h"
#include "test/fuzz/fuzz.h"

#include <string>

namespace k8sm::fuzz {
void Try(std::string_view text) {
  client::ResponseHead head;
  head.retry_after = client::ParseRetryAfter(TakeLine(text));
  Expect(!head.retry_after || (head.retry_after->count() >= 0 && *head.retry_after <= kLongestRetryAfter),
         "nobody makes us wait for ever");
  head.warnings = client::ParseWarnings(TakeLine(text));
  for (const std::string& warning : head.warnings) ExpectFitForTheLog(Error{.message = warning});
  head.content_type = TakeLine(text);
  ExpectFitForTheLog(client::EncodingOf(head));
  head.location = TakeLine(text);
  for (const int status : {302, 403, 429, 500}) {
    head.status = status;
    ExpectFitForTheLog(client::ClassifyRefusal(head, text));
  }
}

}  // namespace k8sm::fuzz
