// The forms in which an answer about objects can be given, and which of them a client wants.

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
  // What kubectl prints: columns and cells.
  kTable,
  // metadata alone.
  kMetadata,
};

struct Representation {
  Form form = Form::kObject;
  // For tables: "None", "Metadata" or "Object".
  std::string include_object = "Metadata";

  // Of the first acceptable media type of an Accept header; nothing where none is. An empty header accepts
  // everything.
  static std::optional<Representation> FromAccept(std::string_view accept, std::string_view include_object);

  // Without a line end. `first`: whether a table tells its columns.
  std::string One(const Object& object, bool first = true) const;

  struct ListMeta {
    std::uint64_t resource_version = 0;
    std::string continue_token;
    // Not told where it is not known.
    std::optional<std::size_t> remaining;
  };
  std::string List(const Resource& resource, const std::vector<ObjectPtr>& objects,
                   const ListMeta& meta) const;

  // What a BOOKMARK event carries.
  std::string Bookmark(const Resource& resource, std::uint64_t resource_version,
                       bool initial_events_end) const;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REPRESENTATION_H_
