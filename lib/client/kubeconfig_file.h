// A kubeconfig as it stands in its file: which cluster and user its current context names, and their fields.

#ifndef K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_
#define K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_

#include "lib/base/error.h"
#include "lib/client/yaml.h"

#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

// A cluster, a user, or a map in one. A field that is null or empty counts as absent. Every error is
// kInvalidConfig and names the file, the entry and the field; a value is never repeated, for it may be a
// secret.
class KubeconfigEntry {
 public:
  // `where` stands before the field's name in errors. Files are named relative to `directory`.
  KubeconfigEntry(YamlPtr fields, std::string where, std::string directory);

  bool Has(const std::string& field) const;
  // Empty where absent; an error where it is anything but text: what is to be taken for text and looks like
  // a number or a boolean needs quotes, for kubectl too.
  Result<std::string> Text(const std::string& field) const;
  Result<bool> Flag(const std::string& field) const;
  // The path that a field holds, made absolute or relative to where we are; empty where absent.
  Result<std::string> Path(const std::string& field) const;
  // A list of texts, null counting as an empty one; empty where absent.
  Result<std::vector<std::string>> Texts(const std::string& field) const;
  // The map that a field holds; nothing where absent.
  Result<std::optional<KubeconfigEntry>> Map(const std::string& field) const;
  // The maps of a list, null counting as an empty one; none where absent.
  Result<std::vector<KubeconfigEntry>> Maps(const std::string& field) const;
  // What any field holds, as JSON; empty where absent.
  Result<std::string> Json(const std::string& field) const;
  // The names of all fields, sorted.
  std::vector<std::string> Fields() const;

  // What stands in the file named by `field`, or in base64 in `field`-data; `field` is the one of the two.
  struct Material {
    std::string field;
    std::string path;   // empty: not from a file
    std::string bytes;  // empty: neither is there
  };
  Result<Material> FileOrData(const std::string& field) const;

  Error Invalid(const std::string& field, const std::string& message) const;
  // What errors begin with: "FILE: user "NAME"".
  const std::string& Where() const { return where_; }

 private:
  std::string Place(const std::string& field) const;

  YamlPtr fields_;
  std::string where_;
  std::string directory_;
};

// What the current context names.
struct Kubeconfig {
  std::string context;  // "FILE: context "NAME"", for errors; empty where no context is current
  std::optional<KubeconfigEntry> cluster;
  std::optional<KubeconfigEntry> user;
};

// Reads a kubeconfig, in YAML or JSON. kInvalidConfig where it cannot be read, or where something that is
// named in it does not exist or stands twice.
Result<Kubeconfig> ReadKubeconfig(const std::string& path);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_
