//lint:file-ignore U1000 where there is assembly, only tests call this

package kernel

// Text is judged in words of eight bytes without a branch that depends on what characters they are. What is said of a
// byte stands in the highest bit of its byte in a word; what the other bits are is of no use.

const ones = 0x0101010101010101

// leads returns which bytes of w begin sequences of two bytes or more, of three or more, and of four.
func leads(w uint64) (two, three, four uint64) {
	two = w & (w << 1)
	three = two & (w << 2)
	return two, three, three & (w << 3)
}

// needs returns which bytes must be tails, dues which bytes of the word after it.
func needs(two, three, four uint64) uint64 { return two<<8 | three<<16 | four<<24 }
func dues(two, three, four uint64) uint64  { return two>>56 | three>>48 | four>>40 }

// picky returns which bytes of w may refuse some of the tails after them, or all: C0, C1, E0, ED, F0–FF; and E1, which does not.
func picky(w, two, three, four uint64) uint64 {
	// 80 less a number of seven bits has the highest bit if the number is 0.
	return two&(high-w&(ones*0x1E)) | three&(high-(w^ones*0x0D)&(ones*0x1F)) | four
}

// refused returns which bytes of w refuse the tail after them, which is at the same place of next. It is as small as a function must be
// for the compiler to put it where it is called.
func refused(w, next, two, three, four uint64) uint64 {
	low := w & (ones * 0x0F)
	top := low<<1 | next>>5&ones              // the highest five bits of what three bytes stand for: 0 is overlong, 1B surrogates
	plane := low<<2 | next>>4&(ones*3)        // the highest bits of what four bytes stand for: from 1 to 10, or overlong or too much
	return two&^(w<<2)&(high-w&(ones*0x1E)) | // C0, C1
		(three^four)&((high-top)|(high-(top^ones*0x1B))) |
		four&((high-plane)|(plane+ones*(0x7F-0x10)))
}

// validWords is valid for eight bytes or more.
func validWords(s string) bool {
	end := load64(s, len(s)-8)
	strict := false // once there was a picky byte, there are more
	var due uint64
	for len(s) > 8 {
		w := load64(s, 0)
		if w&high|due == 0 {
			if s = skipASCII(s); s == "" {
				return true
			}
			continue
		}
		two, three, four := leads(w)
		wrong := (needs(two, three, four) | due) ^ w ^ two // w^two: the tails
		if strict || (wrong|picky(w, two, three, four))&high != 0 {
			strict = true
			next := w>>8 | uint64(s[8])<<56
			if (wrong|refused(w, next, two, three, four))&high != 0 {
				return false
			}
		}
		due = dues(two, three, four) & high
		s = s[8:]
	}

	// The last one to eight bytes, and zeros after them, which are no tails.
	w := end >> (8 * uint(8-len(s)) & 63)
	if w&high|due == 0 {
		return true
	}
	two, three, four := leads(w)
	wrong := (needs(two, three, four) | due) ^ w ^ two
	return (wrong|refused(w, w>>8, two, three, four)|dues(two, three, four))&high == 0
}

// skipASCII returns s without the words of ASCII that it begins with, but not without all of it unless that is ASCII.
func skipASCII(s string) string {
	for len(s) > 64 {
		if (load64(s, 0)|load64(s, 8)|load64(s, 16)|load64(s, 24)|load64(s, 32)|load64(s, 40)|load64(s, 48)|load64(s, 56))&high != 0 {
			break
		}
		s = s[64:]
	}
	if len(s) > 32 && (load64(s, 0)|load64(s, 8)|load64(s, 16)|load64(s, 24))&high == 0 {
		s = s[32:]
	}
	if n := len(s); 16 <= n && n <= 32 && (load64(s, 0)|load64(s, 8)|load64(s, n-16)|load64(s, n-8))&high == 0 {
		return ""
	}
	for len(s) > 8 && load64(s, 0)&high == 0 {
		s = s[8:]
	}
	return s
}
