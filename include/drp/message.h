/* Conversations with a model. */
#ifndef DRP_MESSAGE_H
#define DRP_MESSAGE_H

#include "drp/sv.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Who speaks. */
enum drp_role { DRP_ROLE_SYSTEM, DRP_ROLE_USER, DRP_ROLE_ASSISTANT };

/** One turn of a conversation. The text is data: no template mark in it has any power. */
struct drp_message {
    enum drp_role role;
    struct drp_sv text;
};

#ifdef __cplusplus
}
#endif

#endif
