package flows

// voice: a voice message; the value is the platform's media id, the label what was recognised.
func kindVoice() *questionKind { return mediaKind("voice", InVoice, "said_voice") }
