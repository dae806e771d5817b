"""One room per chat: payload to Message, cards to widgets, manners; no rules of the interview."""
