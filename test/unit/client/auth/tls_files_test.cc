#include "lib/client/auth/tls_files.h"

#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"

#include <filesystem>
#include <string>

namespace k8sm::client {
namespace {

using std::chrono::seconds;
using test::CertificateAndKey;
using test::TempDirectory;
using test::TestAuthority;

// A client certificate, its key and a CA in files, and the TlsFiles that read them.
struct Fixture {
  Fixture() {
    config.ca_pem = authority.cert_pem();
    config.ca_file = directory.Write("ca.pem", config.ca_pem);
    config.client_cert_pem = pair.cert_pem;
    config.client_cert_file = directory.Write("cert.pem", pair.cert_pem);
    config.client_key_pem = pair.key_pem;
    config.client_key_file = directory.Write("key.pem", pair.key_pem);
  }

  // Replaces a file atomically, as the kubelet does.
  void Replace(const std::string& name, const std::string& text) const {
    std::filesystem::rename(directory.Write("new", text), directory.path() + "/" + name);
  }
  // Refreshes ten seconds after the last time.
  Result<bool> Look() {
    if (!files) files.emplace(config);
    now += seconds(10);
    return files->Refresh(now);
  }
  std::string Complaint() {
    const auto looked = Look();
    return looked ? "" : looked.error().message;
  }

  TempDirectory directory;
  TestAuthority authority{"authority"};
  CertificateAndKey pair = authority.Issue("client", "");
  RestConfig config;
  std::optional<TlsFiles> files;
  TlsFiles::TimePoint now{std::chrono::hours(1)};
};

TEST_CASE("Refresh reports no change while the contents of the files are the same") {
  Fixture f;
  CHECK_FALSE(f.Look().value());
  CHECK_FALSE(f.Look().value());
  f.Replace("ca.pem", f.config.ca_pem);
  CHECK_FALSE(f.Look().value());
}

TEST_CASE("a file that is replaced is noticed at the first Refresh after ten seconds") {
  Fixture f;
  CHECK_FALSE(f.Look().value());
  const std::string other = TestAuthority("other").cert_pem();
  f.Replace("ca.pem", other);
  CHECK_FALSE(f.files->Refresh(f.now + seconds(9)).value());
  CHECK(f.Look().value());
  CHECK(f.files->material().ca_pem == other);
  CHECK(f.files->material().client_cert_pem == f.pair.cert_pem);
  CHECK_FALSE(f.Look().value());
}

TEST_CASE("after LookAgain the next Refresh reads the files at once") {
  Fixture f;
  CHECK_FALSE(f.Look().value());
  f.Replace("ca.pem", TestAuthority("other").cert_pem());
  f.files->LookAgain();
  CHECK(f.files->Refresh(f.now).value());
}

TEST_CASE("a change before the first Refresh is noticed") {
  Fixture f;
  f.Replace("ca.pem", TestAuthority("other").cert_pem());
  CHECK(f.Look().value());
}

TEST_CASE("a new certificate is used once its key is there too, and a mismatch is reported once") {
  Fixture f;
  CHECK_FALSE(f.Look().value());
  const CertificateAndKey other = f.authority.Issue("client", "");
  f.Replace("cert.pem", other.cert_pem);
  CHECK(f.Complaint() == f.config.client_key_file + ": is not the key of the client certificate");
  CHECK(f.Complaint().empty());
  CHECK(f.files->material().client_cert_pem == f.pair.cert_pem);
  f.Replace("key.pem", other.key_pem);
  CHECK(f.Look().value());
  CHECK(f.files->material().client_cert_pem == other.cert_pem);
  CHECK(f.files->material().client_key_pem == other.key_pem);
}

TEST_CASE("a file that cannot be used is reported once with its path, and its last good content is kept") {
  Fixture f;
  CHECK_FALSE(f.Look().value());
  f.Replace("ca.pem", "garbage");
  CHECK(f.Complaint() == f.config.ca_file + ": holds no PEM certificate");
  CHECK(f.Complaint().empty());
  std::filesystem::remove(f.config.ca_file);
  CHECK(f.Complaint() == f.config.ca_file + ": No such file or directory");
  CHECK(f.Complaint().empty());
  CHECK(f.files->material().ca_pem == f.config.ca_pem);
  f.Replace("ca.pem", f.config.ca_pem);
  CHECK_FALSE(f.Look().value());
  f.Replace("ca.pem", "garbage");
  CHECK(f.Complaint() == f.config.ca_file + ": holds no PEM certificate");
  f.Replace("ca.pem", f.config.ca_pem);
  CHECK_FALSE(f.Look().value());
  f.Replace("key.pem", "garbage");
  CHECK(f.Complaint() == f.config.client_key_file + ": holds no PEM private key");
}

TEST_CASE("a fault that recurs after the file was good is reported again") {
  Fixture f;
  CHECK(f.Complaint().empty());
  f.Replace("ca.pem", "nonsense");
  const std::string complaint = f.Complaint();
  CHECK_FALSE(complaint.empty());
  CHECK(f.Complaint().empty());
  f.Replace("ca.pem", f.config.ca_pem);
  CHECK(f.Complaint().empty());
  f.Replace("ca.pem", "nonsense");
  CHECK(f.Complaint() == complaint);
}

TEST_CASE("a file that is overwritten with text of the same size within a second is noticed") {
  Fixture f;
  const std::string path = f.directory.Write("ca.pem", f.config.ca_pem + "# a\n");
  const auto written = std::filesystem::last_write_time(path);
  CHECK(f.Look().value());
  f.directory.Write("ca.pem", f.config.ca_pem + "# b\n");
  std::filesystem::last_write_time(path, written + std::chrono::milliseconds(1));
  CHECK(f.Look().value());
  CHECK(f.files->material().ca_pem.ends_with("# b\n"));
}

TEST_CASE("material that does not come from files never changes") {
  Fixture f;
  f.config.ca_file.clear();
  f.config.client_cert_file.clear();
  f.config.client_key_file.clear();
  std::filesystem::remove_all(f.directory.path());
  CHECK_FALSE(f.Look().value());
  CHECK_FALSE(f.Look().value());
}

}  // namespace
}  // namespace k8sm::client
