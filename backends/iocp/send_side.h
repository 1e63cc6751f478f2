#ifndef BACKENDS_IOCP_SEND_SIDE_H_
#define BACKENDS_IOCP_SEND_SIDE_H_

// winsock2.h comes before everything that includes windows.h.
#include <winsock2.h>

namespace event_selector {
namespace iocp {

// Whether `socket`, of a stream whose peer has sent its FIN, was shut down for
// sending by its owner. AFD does not tell, so nothing is sent: a send() of no
// bytes does nothing but check (its documentation: WSAESHUTDOWN). It keeps the
// thread's last error.
bool IsSendShutDown(SOCKET socket);

}  // namespace iocp
}  // namespace event_selector

#endif  // BACKENDS_IOCP_SEND_SIDE_H_
