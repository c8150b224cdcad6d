// The format of a dry run's report.

#ifndef K8SM_CONTROLLER_RECONCILE_REPORT_FORMAT_H_
#define K8SM_CONTROLLER_RECONCILE_REPORT_FORMAT_H_

namespace k8sm::controller {

enum class ReportFormat {
  kText,  // lines, printed as changes are planned, then a summary
  kJson,  // one object, printed when everything has been planned
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_REPORT_FORMAT_H_
