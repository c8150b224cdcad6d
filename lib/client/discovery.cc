#include "lib/client/discovery.h"

#include "lib/kube_json/codec.h"

#include <algorithm>
#include <utility>

namespace k8sm::client {

Awaitable<Result<bool>> Serves(ApiClient& client, const Resource& resource) {
  Request request{.target = resource.prefix};
  const auto answer = co_await client.Do(std::move(request));
  if (!answer && answer.error().code == Errc::kNotFound) co_return false;
  if (!answer) co_return answer.error();
  const auto names = kube_json::DecodeResourceNames(*answer);
  if (!names) co_return names.error();
  co_return std::ranges::find(*names, resource.plural) != names->end();
}

}  // namespace k8sm::client
