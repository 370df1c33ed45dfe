package cond

// Part names what a node of a tree is.
type Part string

// Parts of an expression. Comparisons are named by their sign.
const (
	PartAnd   Part = "and"
	PartOr    Part = "or"
	PartNot   Part = "not"
	PartIn    Part = "in"
	PartHas   Part = "has"
	PartEmpty Part = "empty"
	PartName  Part = "name"
	PartValue Part = "value" // a constant
	PartDay   Part = "day"   // a day counted from today
	PartList  Part = "list"
	PartCall  Part = "call"
	PartOther Part = "other" // arithmetic, fallbacks, the clock
)

// Node is one part of a checked expression, for those who carry it somewhere else: into a query, into an explanation.
type Node struct {
	Part           Part   // or a sign: == != < <= > >=
	Name           string // of a name or a function
	Value          Value  // of a constant
	Days           int    // of a day: 0 = today, -30 = thirty days ago
	Type           Type
	Kids           []Node
	Offset, Length int // bytes in the source
}

// Tree is the expression in parts.
func (e *Expr) Tree() Node { return e.root.tree() }

func (n *node) tree() Node {
	out := Node{Part: PartOther, Type: n.typ, Offset: n.pos, Length: n.end - n.pos}
	switch n.op {
	case opNumber:
		out.Part, out.Value = PartValue, Number(n.num)
	case opText, opWord:
		out.Part, out.Value = PartValue, Text(n.word)
	case opBool:
		out.Part, out.Value = PartValue, Bool(n.word == "true")
	case opName:
		out.Part, out.Name = PartName, n.word
	case opToday:
		out.Part = PartDay
	case opList:
		out.Part = PartList
	case opCall:
		out.Part, out.Name = PartCall, n.word
	case opAnd, opOr, opNot, opEq, opNe, opLt, opLe, opGt, opGe, opIn, opHas, opEmpty:
		out.Part = signs[n.op]
	case opAdd, opSub:
		if days, ok := n.fromToday(); ok {
			out.Part, out.Days = PartDay, days
			return out
		}
	case opNeg:
		if n.kids[0].op == opNumber {
			out.Part, out.Value = PartValue, Number(-n.kids[0].num)
			return out
		}
	}
	for _, k := range n.kids {
		out.Kids = append(out.Kids, k.tree())
	}
	return out
}

var signs = map[op]Part{
	opAnd: PartAnd, opOr: PartOr, opNot: PartNot, opIn: PartIn, opHas: PartHas, opEmpty: PartEmpty,
	opEq: "==", opNe: "!=", opLt: "<", opLe: "<=", opGt: ">", opGe: ">=",
}

// fromToday is how many days a sum lies from today.
func (n *node) fromToday() (int, bool) {
	if n.typ.Kind != KindDate {
		return 0, false
	}
	days := int(n.kids[1].num)
	if n.op == opSub {
		days = -days
	}
	switch l := n.kids[0]; l.op {
	case opToday:
		return days, true
	case opAdd, opSub:
		more, ok := l.fromToday()
		return days + more, ok
	}
	return 0, false
}
