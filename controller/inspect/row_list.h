// A list of rows that is written while the rows are found.

#ifndef K8SM_CONTROLLER_INSPECT_ROW_LIST_H_
#define K8SM_CONTROLLER_INSPECT_ROW_LIST_H_

#include "controller/inspect/page_format.h"
#include "controller/inspect/page_head.h"
#include "controller/inspect/text_table.h"

#include <string>
#include <utility>

namespace k8sm::controller {

// Writes a table or, as JSON, {MEMBERS"KEY":[ELEMENT,…]}, and keeps no more than a block of the table.
template <class Row>
class RowList {
 public:
  // How rows are written.
  struct Form {
    PageHead head;
    std::string key;                      // of the array
    std::string (*json)(const Row& row);  // an element
    TableRow header;
    TableRow (*cells)(const Row& row);
    std::string none;  // the text if there are no rows
  };

  RowList(PageFormat format, Form form) : format_(format), form_(std::move(form)), blocks_(form_.header) {}

  void Add(const Row& row, std::string& out) {
    Begin(out);
    if (format_ == PageFormat::kJson) {
      out.append(any_ ? "," : "").append(form_.json(row));
    } else {
      blocks_.Add(form_.cells(row));
      if (blocks_.full()) blocks_.Write(out);
    }
    any_ = true;
  }

  // Writes what is left, and the end. Call once.
  void End(std::string& out) {
    Begin(out);
    if (format_ == PageFormat::kJson) {
      out += "]}\n";
    } else if (any_) {
      blocks_.Write(out);
    } else {
      out += form_.none;
    }
  }

 private:
  void Begin(std::string& out) {
    if (std::exchange(begun_, true)) return;
    out +=
        format_ == PageFormat::kJson ? "{" + form_.head.members + "\"" + form_.key + "\":[" : form_.head.note;
  }

  const PageFormat format_;
  const Form form_;
  TableBlocks blocks_;
  bool begun_ = false;
  bool any_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_ROW_LIST_H_
