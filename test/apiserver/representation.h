// The representations of objects in responses, and content negotiation.

#ifndef K8SM_TEST_APISERVER_REPRESENTATION_H_
#define K8SM_TEST_APISERVER_REPRESENTATION_H_

#include "test/apiserver/object.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

enum class Form {
  kObject,
  // A Table: the columns and cells that kubectl prints.
  kTable,
  // PartialObjectMetadata.
  kMetadata,
};

struct Representation {
  Form form = Form::kObject;
  // For tables: "None", "Metadata" or "Object".
  std::string include_object = "Metadata";

  // Returns the representation for the first supported media type of an Accept header; nullopt if there is
  // none. An empty header accepts everything.
  static std::optional<Representation> FromAccept(std::string_view accept, std::string_view include_object);

  // Returns one object, without a line end. `first`: whether a table includes the column definitions.
  std::string One(const Object& object, bool first = true) const;

  struct ListMeta {
    std::uint64_t resource_version = 0;
    std::string continue_token;
    // Omitted if unknown.
    std::optional<std::size_t> remaining;
  };
  std::string List(const Resource& resource, const std::vector<ObjectPtr>& objects,
                   const ListMeta& meta) const;

  // Returns the object of a BOOKMARK event.
  std::string Bookmark(const Resource& resource, std::uint64_t resource_version,
                       bool initial_events_end) const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REPRESENTATION_H_
