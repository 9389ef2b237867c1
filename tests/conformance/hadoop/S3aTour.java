import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.JobID;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.TaskID;
import org.apache.hadoop.mapreduce.TaskType;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.hadoop.mapreduce.task.JobContextImpl;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;

/**
 * What a job of Hadoop or Spark does to its output, with S3A as it is by default: every task writes
 * below _temporary, is committed by renames, and so is the job.
 * Arguments: endpoint, key, secret, repository, number of files. Prints the steps it has done.
 */
public class S3aTour {
  private static FileSystem fs;

  public static void main(String[] args) throws Exception {
    Configuration conf = new Configuration();
    conf.set("fs.s3a.endpoint", args[0]);
    conf.set("fs.s3a.endpoint.region", "us-east-1");
    conf.set("fs.s3a.access.key", args[1]);
    conf.set("fs.s3a.secret.key", args[2]);
    conf.setBoolean("fs.s3a.path.style.access", true);
    int files = Integer.parseInt(args[4]);
    // S3A makes a marker of the directory above what it deletes: here that is the branch itself.
    Path root = new Path("s3a://" + args[3] + "/main/tour");
    fs = FileSystem.get(URI.create("s3a://" + args[3]), conf);

    Path output = new Path(root, "job/output");
    commitJob(conf, output, files);
    expect(names(output).size() == files + 1, "a file of each task and _SUCCESS: " + names(output));
    expect(fs.exists(new Path(output, "_SUCCESS")), "_SUCCESS");
    expect(!fs.exists(new Path(output, "_temporary")), "nothing temporary is left");
    System.out.println("commit");

    Path moved = new Path(root, "job/moved");
    expect(fs.rename(output, moved), "rename");
    expect(!fs.exists(output), "the source of the rename is gone");
    expect(names(moved).size() == files + 1, "all files moved");
    System.out.println("rename");

    for (int i = 0; i < files; i++) {
      Path path = new Path(moved, name(i));
      byte[] want = content(i);
      byte[] got = new byte[want.length];
      try (var in = fs.open(path)) {
        in.readFully(0, got);
        expect(Arrays.equals(want, got), "content of " + path);
        in.seek(want.length / 2);
        expect(in.read() == (want[want.length / 2] & 0xff), "a byte in the middle of " + path);
      }
      expect(fs.getFileStatus(path).getLen() == want.length, "length of " + path);
    }
    System.out.println("read");

    large(root, 33 << 20);
    System.out.println("multipart");

    expect(fs.delete(root, true), "delete");
    expect(!fs.exists(root), "nothing is left");
    System.out.println("delete");
    fs.close();
  }

  /** A job with one task for each file, under the default committer. */
  private static void commitJob(Configuration conf, Path output, int files) throws IOException {
    JobID job = new JobID("tour", 1);
    JobContextImpl context = new JobContextImpl(conf, job);
    new FileOutputCommitter(output, context).setupJob(context);
    for (int i = 0; i < files; i++) {
      TaskAttemptID attempt = new TaskAttemptID(new TaskID(job, TaskType.REDUCE, i), 0);
      TaskAttemptContextImpl task = new TaskAttemptContextImpl(conf, attempt);
      FileOutputCommitter committer = new FileOutputCommitter(output, task);
      committer.setupTask(task);
      try (FSDataOutputStream out = fs.create(new Path(committer.getWorkPath(), name(i)))) {
        out.write(content(i));
      }
      expect(committer.needsTaskCommit(task), "the task has something to commit");
      committer.commitTask(task);
    }
    new FileOutputCommitter(output, context).commitJob(context);
  }

  /** A file above the threshold of multipart uploads: written and read in one go. */
  private static void large(Path root, int bytes) throws IOException {
    Path path = new Path(root, "large");
    byte[] block = new byte[1 << 20];
    try (FSDataOutputStream out = fs.create(path)) {
      for (int i = 0; i < bytes >> 20; i++) {
        Arrays.fill(block, (byte) i);
        out.write(block);
      }
    }
    expect(fs.getFileStatus(path).getLen() == bytes, "length of the large file");
    try (var in = fs.open(path)) {
      for (int i = 0; i < bytes >> 20; i++) {
        in.readFully(block);
        expect(block[0] == (byte) i && block[block.length - 1] == (byte) i, "block " + i);
      }
      expect(in.read() == -1, "end of the large file");
    }
  }

  private static String name(int number) {
    return String.format("part-r-%05d", number);
  }

  private static byte[] content(int number) {
    return ("line of task " + number + "\n").repeat(1 + number * 20)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static TreeSet<String> names(Path directory) throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (FileStatus status : fs.listStatus(directory)) {
      names.add(status.getPath().getName());
    }
    return names;
  }

  private static void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
