// A parsed kubeconfig: the cluster and user of its current context, and their fields.

#ifndef K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_FILE_H_
#define K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_FILE_H_

#include "lib/base/error.h"
#include "lib/client/config/yaml.h"

#include <optional>
#include <string>
#include <vector>

namespace k8sm::client {

// A cluster, a user, or a nested map. A null or empty field counts as absent. Every error is kInvalidConfig
// and names the file, the entry and the field; values are never quoted, as they may be secret.
class KubeconfigEntry {
 public:
  // `where` precedes the field's name in errors. Relative paths are resolved against `directory`.
  KubeconfigEntry(YamlPtr fields, std::string where, std::string directory);

  // Whether the field is present and neither null nor empty.
  bool Has(const std::string& field) const;
  // Returns the text; empty if absent. Fails for other types: text that looks like a number or a boolean must
  // be quoted, as kubectl requires, too.
  Result<std::string> Text(const std::string& field) const;
  // Returns the boolean; false if absent.
  Result<bool> Flag(const std::string& field) const;
  // Returns the path, resolved against the kubeconfig's directory; empty if absent.
  Result<std::string> Path(const std::string& field) const;
  // Returns a list of texts, in which null counts as empty text; empty if absent.
  Result<std::vector<std::string>> Texts(const std::string& field) const;
  // Returns the map; nullopt if absent.
  Result<std::optional<KubeconfigEntry>> Map(const std::string& field) const;
  // Returns the maps of a list, in which null counts as an empty map; empty if absent.
  Result<std::vector<KubeconfigEntry>> Maps(const std::string& field) const;
  // Returns a field of any type as JSON; empty if absent.
  Result<std::string> Json(const std::string& field) const;
  // Returns the names of all fields, sorted.
  std::vector<std::string> Fields() const;

  // Content of the file named by `field`, or decoded from the base64 text in `field`-data.
  struct Material {
    std::string field;
    std::string path;   // empty: not from a file
    std::string bytes;  // empty: neither field is set
  };
  // Reads the content. Fails if both `field` and `field`-data are set, or the file is empty. Blocks.
  Result<Material> FileOrData(const std::string& field) const;

  // Returns a kInvalidConfig error that names the file, the entry and the field.
  Error Invalid(const std::string& field, const std::string& message) const;
  // Prefix of errors: "FILE: user "NAME"".
  const std::string& Where() const { return where_; }

 private:
  std::string Place(const std::string& field) const;

  YamlPtr fields_;
  std::string where_;
  std::string directory_;
};

// The entries that a context names.
struct Kubeconfig {
  std::string context;  // prefix of errors: "FILE: context "NAME""; empty if there is no current context
  std::optional<KubeconfigEntry> cluster;
  std::optional<KubeconfigEntry> user;
};

// Reads a kubeconfig in YAML or JSON, and selects the context with this name; empty: the current context.
// Fails with kInvalidConfig if it cannot be read, or if it refers to an entry that is missing or duplicated.
Result<Kubeconfig> ReadKubeconfig(const std::string& path, const std::string& context);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_FILE_H_
