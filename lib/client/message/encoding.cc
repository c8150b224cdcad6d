#include "lib/client/message/encoding.h"

namespace k8sm::client {

std::string_view AcceptOf(Encoding preferred, Form form) {
  const bool protobuf = preferred == Encoding::kProtobuf;
  switch (form) {
    case Form::kWhole:
      return protobuf ? "application/vnd.kubernetes.protobuf, application/json" : "application/json";
    case Form::kMetadata:
      return protobuf ? "application/vnd.kubernetes.protobuf;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, "
                        "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json"
                      : "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json";
    case Form::kMetadataList:
      break;
  }
  return protobuf ? "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, "
                    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json"
                  : "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1, application/json";
}

}  // namespace k8sm::client
