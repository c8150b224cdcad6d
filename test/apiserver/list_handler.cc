#include "test/apiserver/list_handler.h"

#include <algorithm>
#include <string>

namespace k8sm::apiserver {
namespace {

constexpr char kContinueExpired[] =
    "The provided continue parameter is too old to display a consistent list result. You can start a new "
    "list "
    "without the continue parameter, or use the continue token in this response to retrieve the remainder of "
    "the results. Continuing with the provided token results in an inconsistent list - objects that were "
    "created, modified, or deleted between the time the first chunk was returned and now may show up in the "
    "list.";

struct Place {
  std::uint64_t revision = 0;
  // The page begins after this key; empty at the beginning.
  std::string after;
};

// Where a continued page begins, in the version of the first page.
Outcome<Place> Continue(const Store& store, const Resource& resource, std::string_view prefix,
                        const ListOptions& options) {
  Outcome<ContinueToken> token = ContinueToken::Decode(options.continue_token);
  if (!token) return token.error();
  std::string start = token->start.substr(1);
  if (start.ends_with('\0')) start.pop_back();
  Place place{store.revision(), std::string(prefix) + start};
  if (token->revision < 0) return place;
  place.revision = std::uint64_t(token->revision);
  if (place.revision > store.revision()) return ResourceVersionTooLarge(place.revision, store.revision());
  if (store.Of(resource).history().Covers(place.revision)) return place;
  Status expired = Expired(kContinueExpired);
  expired.continue_token = ContinueToken{-1, "/" + start}.Encode();
  return expired;
}

// The version that a first page is read from.
Outcome<Place> Begin(const Store& store, const Resource& resource, const ListOptions& options) {
  const std::uint64_t version = options.resource_version.value_or(0);
  if (version > store.revision()) return ResourceVersionTooLarge(version, store.revision());
  const bool exact = options.resource_version_match == "Exact" ||
                     (options.resource_version_match.empty() && options.limit > 0 && version > 0);
  if (!exact) return Place{store.revision(), ""};
  if (!store.Of(resource).history().Covers(version)) {
    return Expired("The resourceVersion for the provided list is too old.");
  }
  return Place{version, ""};
}

}  // namespace

Outcome<ListPage> ListObjects(const Store& store, const Resource& resource, std::string_view prefix,
                              const ListOptions& options) {
  const Outcome<Place> place = options.continue_token.empty() ? Begin(store, resource, options)
                                                              : Continue(store, resource, prefix, options);
  if (!place) return place.error();
  // resourceVersion=0 is served from a cache, which does not page.
  const bool cached = options.resource_version && *options.resource_version == 0;
  const std::uint64_t limit = cached ? 0 : options.limit;
  ListPage page;
  page.meta.resource_version = place->revision;
  const std::string start = place->after.empty() ? "" : place->after + '\0';
  const std::vector<ObjectPtr> objects = store.Of(resource).At(place->revision, prefix, start);
  for (std::size_t i = 0; i < objects.size(); ++i) {
    if (!options.selector.Matches(*objects[i])) continue;
    if (limit == 0 || page.objects.size() < limit) {
      page.objects.push_back(objects[i]);
      continue;
    }
    const std::string last = page.objects.back()->Key().substr(prefix.size());
    page.meta.continue_token = ContinueToken{std::int64_t(place->revision), "/" + last}.Encode();
    // Like kube-apiserver, does not count how many of the remaining objects match a selector.
    if (options.selector.empty()) page.meta.remaining = objects.size() - i;
    break;
  }
  return page;
}

}  // namespace k8sm::apiserver
