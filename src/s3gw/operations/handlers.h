// The handlers that the operation table names: one file per operation or group of them.
//
// A handler takes its arguments from the Call, calls the core, and encodes the answer. Signatures,
// permissions, unsupported sub-resources, logs and metrics are not its business. Level 8;
// thread-safe.
#pragma once

#include "s3gw/operations/operation.h"

namespace tarn::s3gw {

// buckets.cc
Answer ListBuckets(Call& call);
Answer HeadBucket(Call& call);
Answer PutBucket(Call& call);
Answer DeleteBucket(Call& call);
Answer GetBucketLocation(Call& call);
Answer GetBucketVersioning(Call& call);

// list_objects.cc
Answer ListObjects(Call& call);

// list_uploads.cc
Answer ListMultipartUploads(Call& call);

// delete_objects.cc
Answer DeleteObjects(Call& call);
Answer PostBucket(Call& call);

// get_object.cc
Answer GetObject(Call& call);
Answer GetObjectVersioning(Call& call);
Answer GetObjectTagging(Call& call);

// put_object.cc
Opening PutObject(Call& call);

// root.cc
Answer GetRoot(Call& call);
Opening PutRoot(Call& call);
Answer RefuseRoot(Call& call);
Answer DeleteRoot(Call& call);

// copy_object.cc
Answer CopyObject(Call& call);

// delete_object.cc
Answer DeleteObject(Call& call);

// upload_part.cc
Opening UploadPart(Call& call);
Answer UploadPartCopy(Call& call);

// multipart.cc
Answer CreateMultipartUpload(Call& call);
Answer ListParts(Call& call);
Answer CompleteMultipartUpload(Call& call);
Answer AbortMultipartUpload(Call& call);

// common.cc
Answer NotFound(Call& call);
Answer PostObject(Call& call);

}  // namespace tarn::s3gw
