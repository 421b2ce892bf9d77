// SocketBio: how OpenSSL reaches a socket that does not block, without the signal that a closed one raises.
#pragma once

#include <openssl/ossl_typ.h>

namespace lakeferry {

// Does not own `socket`. Null for lack of memory.
[[nodiscard]] BIO* NewSocketBio(int socket);

}  // namespace lakeferry
