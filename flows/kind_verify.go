package flows

import "github.com/vrep/vrep/flows/cond"

// do: verify: performs (a good invitation code, the one fitting row of the master data) or asks for the verification of the doctor.
func kindVerify() *stepKind {
	return &stepKind{
		name: "verify", key: "do", value: "verify", keys: []string{"method", "code"},
		bind: func(b *binder, o *object, s *Step) {
			body := &VerifyStep{Code: o.text("code")}
			s.Body = body
			if o.need("method") {
				body.Method = o.oneOf("method", "invite", "master", "licence", "rep")
			}
			if body.Method == "invite" {
				o.need("code")
			}
		},
		names: func(l *linker, s *Step) {
			l.declareResult(s, "verify", "ok", cond.Type{Kind: cond.KindBool})
		},
		run: func(t *turn, f *Frame, s *Step) verdict {
			body := s.Body.(*VerifyStep)
			code := ""
			if body.Code != nil {
				code = t.textValue(f, body.Code).v.Str()
			}
			t.setResult(f, s, "verify", "ok", cond.Bool(t.verify(body.Method, code)))
			return goOn
		},
	}
}

// VerifyStep is the body of do: verify.
type VerifyStep struct {
	Method string
	Code   *Text `canon:"shape"`
}
