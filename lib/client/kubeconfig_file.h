// A kubeconfig as it stands in its file: which cluster and user its current context names, and their fields.

#ifndef K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_
#define K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_

#include "lib/base/error.h"

#include <yaml-cpp/node/node.h>

#include <initializer_list>
#include <optional>
#include <string>

namespace k8sm::client {

// A cluster or a user. A field that is null or empty counts as absent. Every error is kInvalidConfig and
// names the file, the entry and the field; a value is never repeated, for it may be a secret.
class KubeconfigEntry {
 public:
  // `where` stands before the field's name in errors. Files are named relative to `directory`.
  KubeconfigEntry(YAML::Node fields, std::string where, std::string directory);

  bool Has(const std::string& field) const;
  // Empty where absent; an error where it is a list or a map.
  Result<std::string> Text(const std::string& field) const;
  Result<bool> Flag(const std::string& field) const;
  // The path that a field holds, made absolute or relative to where we are; empty where absent.
  Result<std::string> Path(const std::string& field) const;

  // What stands in the file named by `field`, or in base64 in `field`-data; `field` is the one of the two.
  struct Material {
    std::string field;
    std::string bytes;  // empty: neither is there
  };
  Result<Material> FileOrData(const std::string& field) const;

  // An error for the first of these fields that is there.
  Result<void> Refuse(std::initializer_list<const char*> unsupported) const;

  Error Invalid(const std::string& field, const std::string& message) const;

 private:
  YAML::Node fields_;
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
// named in it does not exist.
Result<Kubeconfig> ReadKubeconfig(const std::string& path);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_KUBECONFIG_FILE_H_
