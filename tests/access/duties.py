"""Who may do what, said once more from the mission's words: by what somebody is to a thing, never by the product's own rules.

Every line says which facts about somebody allow them something: any one of several, where `a & b` wants both. The codes are
those of the capabilities (ACC-1: three levels of administrators, no path past one's scope; ACC-2: grants; ACC-3, ACC-4:
guests, and suppliers who look only; DIR: the directory; MSG: channels follow their members).
"""

ACTIONS = {
    "access.audit": "ask who could do and see what",
    "access.invitation.issue": "let guests in",
    "access.module.switch": "switch parts of the platform",
    "access.permission.grant": "pass on what one holds",
    "case.read": "read under a case",
    "directory.department.manage": "departments and their posts",
    "directory.membership.manage": "who belongs where",
    "directory.person.manage": "people",
    "history.read": "read what was changed since",
    "messaging.channel.manage": "keep channels that aren't one's own",
    "messaging.channel.open": "open a department's channel",
    "messaging.channel.read": "read channels that one isn't in",
}
"""All that can be granted."""

ROLES = {
    "auditor": {"access.audit", "history.read", "messaging.channel.read"},
    "guest": {"messaging.channel.read"},
    "keeper": {"messaging.channel.manage", "messaging.channel.read"},
    "supplier": {"messaging.channel.read"},
}
"""What those roles give that are always there: an auditor looks and changes nothing, a keeper keeps channels, a guest and a
supplier see what they are let into."""

PRIMARY = {"primary"}
THEIRS = {"primary", "administers"}
"""ACC-1: members and settings of one's departments, and those below."""
PEOPLE = {"primary", "administers", "directory.person.manage"}
LEAVING = {"primary", "directory.person.manage"}
"""Leaving the organisation reaches past a department."""
DEPARTMENT = {"primary", "administers", "directory.department.manage"}
BELONGING = {"primary", "administers", "directory.membership.manage"}
KEEPING = {"primary", "administers", "leads", "owner", "messaging.channel.manage"}
"""MSG-1: a channel is kept by its owners, a department's by its leaders as well."""
MEMBER = {"member"}
EMPLOYED = {"employee"}
AUTHOR = {"author"}
ANYBODY = {"employee", "guest"}
"""What is one's own affair."""

MAY: dict[str, set[str]] = {
    # ACC: who may do what
    "appointAdministrator": THEIRS,
    "dismissAdministrator": THEIRS,
    "defineRole": PRIMARY,
    "redefineRole": PRIMARY,
    "retireRole": PRIMARY,
    "grantPermission": THEIRS | {"access.permission.grant"},
    "revokeGrant": THEIRS | {"access.permission.grant", "author"},
    "issueInvitation": PRIMARY,
    "revokeInvitation": PRIMARY | AUTHOR,
    "offerSignIn": PRIMARY,
    "switchModule": PRIMARY,
    # AUD: keys, purges and cases are beyond every department
    "restrictKey": PRIMARY,
    "releaseKey": PRIMARY,
    "destroyKey": PRIMARY,
    "authorisePurge": PRIMARY,
    "openCase": PRIMARY,
    "closeCase": PRIMARY,
    # People, of the directory
    "addPerson": PRIMARY,
    "renamePerson": PEOPLE,
    "changeProfile": PEOPLE,
    "changeKind": PEOPLE,
    "suspendPerson": PEOPLE,
    "reinstatePerson": PEOPLE,
    "changeManager": PEOPLE,
    "drawDottedLine": PEOPLE,
    "eraseDottedLine": PEOPLE,
    "removePerson": LEAVING,
    "offboardPerson": LEAVING,
    "undoOffboarding": LEAVING,
    # DIR: departments, who belongs to them, and posts
    "openDepartment": DEPARTMENT,
    "renameDepartment": DEPARTMENT,
    "closeDepartment": DEPARTMENT,
    "moveDepartment": PRIMARY,
    "mergeDepartment": PRIMARY,
    "followMerge": PRIMARY,
    "joinDepartment": BELONGING,
    "leaveDepartment": BELONGING,
    "appointLeader": BELONGING,
    "dismissLeader": BELONGING,
    "openPost": DEPARTMENT,
    "renamePost": THEIRS,
    "closePost": THEIRS,
    "assignPost": THEIRS,
    "withdrawPost": THEIRS,
    # Where people talk (MSG)
    "openChannel": EMPLOYED,
    "openDirectChannel": {"oneself"},
    "openDepartmentChannel": {"primary", "administers", "leads", "messaging.channel.open"},
    "renameChannel": KEEPING,
    "changeTopic": KEEPING,
    "describeChannel": KEEPING,
    "changeVisibility": KEEPING,
    "changeHistoryVisibility": KEEPING,
    "changeSlowMode": KEEPING,
    "changeChannelSettings": KEEPING,
    "archiveChannel": KEEPING,
    "reopenChannel": KEEPING,
    "addMember": KEEPING,
    "removeMember": KEEPING,
    "changeRole": KEEPING,
    "inviteToChannel": KEEPING,
    "withdrawInvitation": KEEPING,
    "inviteGuest": KEEPING,
    "moveChannel": PRIMARY,
    "takeOverChannel": PRIMARY,
    "handBackChannel": PRIMARY,
    "joinChannel": {"member & employee"},
    "leaveChannel": MEMBER,
    "acceptInvitation": {"invited"},
    "declineInvitation": {"invited"},
    "muteChannel": MEMBER,
    "unmuteChannel": MEMBER,
    # What is said there (MSG)
    "postMessage": MEMBER,
    "forwardMessage": MEMBER,
    "scheduleMessage": MEMBER,
    "saveDraft": MEMBER,
    "discardDraft": AUTHOR,
    "cancelScheduledMessage": AUTHOR,
    "rescheduleMessage": AUTHOR,
    "sendScheduledMessage": AUTHOR,
    "editMessage": AUTHOR,
    "retractMessage": KEEPING | AUTHOR,
    "addReaction": MEMBER,
    "removeReaction": MEMBER,
    "pinMessage": MEMBER,
    "unpinMessage": MEMBER,
    "setNotice": MEMBER,
    "clearNotice": MEMBER,
    "saveMessage": MEMBER,
    "unsaveMessage": MEMBER,
    "markRead": MEMBER,
    "markUnread": MEMBER,
    "followThread": MEMBER,
    "unfollowThread": MEMBER,
    "openPoll": MEMBER,
    "answerPoll": MEMBER,
    "closePoll": KEEPING | AUTHOR,
    "expectReply": AUTHOR,
    "releaseReply": AUTHOR,
    "markUrgent": AUTHOR,
    "liftUrgency": AUTHOR,
    "acknowledgeMessage": MEMBER,
    "changeReadReceipts": PRIMARY,
    "changeReminderRules": PRIMARY,
    "createUserGroup": EMPLOYED,
    "renameUserGroup": PRIMARY | AUTHOR,
    "dissolveUserGroup": PRIMARY | AUTHOR,
    "addToUserGroup": PRIMARY | AUTHOR,
    "removeFromUserGroup": PRIMARY | AUTHOR | {"oneself"},
    # INT-3: what one is told, and how
    "changeDeliveryRules": PRIMARY,
    "choosePace": ANYBODY,
    "chooseQuietHours": ANYBODY,
    "dropQuietHours": ANYBODY,
    "chooseWebhook": ANYBODY,
    "dropWebhook": ANYBODY,
    "readInbox": ANYBODY,
    "readNotification": {"oneself"},
    "markNotificationUnread": {"oneself"},
    "dismissNotification": {"oneself"},
}


def may(mutation: str, facts: set[str]) -> bool:
    """Whether somebody of whom these facts hold may do it."""
    return any(facts.issuperset(wanted.split(" & ")) for wanted in MAY[mutation])
