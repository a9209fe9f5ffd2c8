/* OpenVINO through its C library, from its own format. The wheel brings the library without its headers. */
#include <string.h>

#include "peer.h"

typedef struct ov_core ov_core_t;
typedef struct ov_model ov_model_t;
typedef struct ov_compiled_model ov_compiled_model_t;
typedef struct ov_infer_request ov_infer_request_t;
typedef struct ov_tensor ov_tensor_t;

/* Each gives 0 where all went well. */
int ov_core_create(ov_core_t** core);
int ov_core_read_model(const ov_core_t* core, const char* path, const char* weights, ov_model_t** model);
int ov_core_compile_model(const ov_core_t* core, const ov_model_t* model, const char* device,
                          size_t property_words, ov_compiled_model_t** compiled, ...);
int ov_compiled_model_create_infer_request(const ov_compiled_model_t* compiled, ov_infer_request_t** request);
int ov_infer_request_get_input_tensor(const ov_infer_request_t* request, ov_tensor_t** tensor);
int ov_infer_request_get_output_tensor(const ov_infer_request_t* request, ov_tensor_t** tensor);
int ov_infer_request_infer(ov_infer_request_t* request);
int ov_tensor_data(const ov_tensor_t* tensor, void** data);
int ov_tensor_get_byte_size(const ov_tensor_t* tensor, size_t* bytes);
const char* ov_get_last_err_msg(void);

static ov_infer_request_t* request;

static void must(int status) {
  if (status) peer_fail("OpenVINO", ov_get_last_err_msg());
}

void peer_open(const struct task* task) {
  ov_core_t* core;
  ov_model_t* model;
  ov_compiled_model_t* compiled;
  ov_tensor_t* tensor;
  char threads[12] = {(char)('0' + task->threads)};
  if (task->threads > 9) peer_fail("OpenVINO", "more than 9 threads");
  must(ov_core_create(&core));
  must(ov_core_read_model(core, peer_file(task, ".xml"), NULL, &model));
  /* The last pair of words counts only where there is a cache. */
  must(ov_core_compile_model(core, model, "CPU", task->cache ? 10 : 8, &compiled, "PERFORMANCE_HINT",
                             "LATENCY", "INFERENCE_NUM_THREADS", threads, "NUM_STREAMS", "1",
                             "INFERENCE_PRECISION_HINT", "f32", "CACHE_DIR", task->cache));
  must(ov_compiled_model_create_infer_request(compiled, &request));
  must(ov_infer_request_get_input_tensor(request, &tensor));
  void* data;
  size_t bytes;
  must(ov_tensor_data(tensor, &data));
  must(ov_tensor_get_byte_size(tensor, &bytes));
  if (bytes != task->input_bytes) peer_fail("OpenVINO", "the input has another size");
  memcpy(data, task->input, bytes);
}

void peer_run(void) { must(ov_infer_request_infer(request)); }

const int peer_floats_only = 1;

const void* peer_output(size_t* bytes) {
  ov_tensor_t* tensor;
  void* data;
  must(ov_infer_request_get_output_tensor(request, &tensor));
  must(ov_tensor_get_byte_size(tensor, bytes));
  must(ov_tensor_data(tensor, &data));
  return data;
}

void peer_close(void) {}
