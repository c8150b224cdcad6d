#include "lib/http_server/page.h"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace k8sm::http_server {

namespace urls = boost::urls;

std::optional<PageRequest> PageRequestOf(const Request& request) {
  const std::string& target = request.target;
  const auto url = target.starts_with('/') ? urls::parse_origin_form(target) : urls::parse_uri(target);
  if (!url) return std::nullopt;
  PageRequest asked{.method = request.method == "HEAD" ? "GET" : request.method,
                    .path = url->path(),
                    .query = {},
                    .accept = std::string(request.Header("Accept")),
                    .body = request.body};
  const urls::encoding_opts plus_is_space(true);
  for (const auto& param : url->params(plus_is_space)) asked.query.emplace_back(param.key, param.value);
  return asked;
}

}  // namespace k8sm::http_server
