package lib.stacks;
import java.io.*;
final class PprofReader { static boolean looksLike(byte[] h){return false;} static Harvest read(InputStream in, ReadOptions o) throws IOException { throw new IOException(); } }
